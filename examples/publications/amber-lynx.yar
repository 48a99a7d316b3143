import "pe"

rule Sample_LynxPaw_Loader : sample
{
    meta:
        description = "Sample rule: the loader of a fictional actor"
        date = "2026-11-10"
        reference = "sample-amber-lynx"
    strings:
        $task = "FurUpdate" wide ascii
        $path = "\\fur.dll" ascii
        $request = "/tasks/next?m=" ascii
    condition:
        pe.is_pe and filesize < 400KB and 2 of them
}

rule Sample_FurBrush_Collector : sample
{
    meta:
        description = "Sample rule: the collector of a fictional actor"
        date = "2026-11-10"
    strings:
        $word1 = "interconnector" wide
        $word2 = "tariff" wide
        $password = "winter2026" ascii wide
    condition:
        uint16(0) == 0x5A4D and $password and any of ($word*)
}
