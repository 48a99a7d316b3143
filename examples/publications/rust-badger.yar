rule Sample_Brinelock : sample ransomware
{
    meta:
        description = "Sample rule: encryptor of a fictional group"
        date = "2026-11-19"
    strings:
        $note = "READ-BRINE.txt" ascii wide
        $extension = ".brine" ascii wide
        $talk = "brine-talk.example" ascii
        $rust = "/rustc/" ascii
    condition:
        uint16(0) == 0x5A4D and filesize < 6MB and $note and 2 of ($extension, $talk, $rust)
}

rule Sample_SettDig : sample
{
    meta:
        description = "Sample rule: copy tool of a fictional group"
        date = "2026-11-19"
    strings:
        $go = "Go build ID:" ascii
        $key1 = "\"streams\":" ascii
        $key2 = "\"days\":" ascii
        $host = "rust-badger.example" ascii
    condition:
        $go and all of ($key*) and $host
}
