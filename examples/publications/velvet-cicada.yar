import "hash"

rule Sample_Nymphal_Library : sample
{
    meta:
        description = "Sample rule: changed library of a fictional accounting program"
        date = "2026-10-08"
    strings:
        $seed = "cicada-" ascii
        $suffix = ".velvet-cicada.example" ascii
    condition:
        uint16(0) == 0x5A4D and (all of them or hash.sha256(0, filesize) == "2b4c79019b5b58ab0fcd7fdada350132dd091061aea8b6c3388cbfff1aab9114")
}
