rule Sample_Padfoot_Router : sample
{
    meta:
        description = "Sample rule: router malware of a fictional group"
        date = "2026-09-30"
    strings:
        $elf = { 7F 45 4C 46 }
        $name = "pad.moss-gecko.example" ascii
        $shell = "/tmp/.pad" ascii
        $hello = { 50 01 00 ?? }
    condition:
        $elf at 0 and filesize < 300KB and ($name or ($shell and $hello))
}
