rule Sample_Copper_Loader_Stage2 : sample
{
    meta:
        description = "Sample rule: second stage of Copper Loader (fictional)"
        date = "2026-11-06"
    strings:
        $magic = { 43 4C 44 32 ?? ?? 00 00 }
        $path = "/stage2/report" ascii
        $agent = "HeronView/" ascii wide
    condition:
        ($magic at 0) or ($path and $agent)
}
