rule Sample_Ebbline : sample ics
{
    meta:
        description = "Sample rule: reading tool of a fictional actor"
        date = "2026-11-24"
    strings:
        $python = "pyi-windows-manifest-filename" ascii
        $section = "[scan]" ascii
        $only = "only = read" ascii
        $s7 = { 03 00 00 16 11 E0 00 00 00 ?? 00 }
    condition:
        ($python and $s7) or ($section and $only)
}
