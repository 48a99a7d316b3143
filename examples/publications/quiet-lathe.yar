rule Sample_Spindle_Library : sample ics
{
    meta:
        description = "Sample rule: library in project files, of a fictional actor"
        date = "2026-08-21"
    strings:
        $name = "mhelp.dll" ascii wide nocase
        $cache = "lib\\cache" ascii wide
        $part1 = ".mpf" ascii wide
        $part2 = ".nc" ascii wide
    condition:
        uint16(0) == 0x5A4D and $name and $cache and any of ($part*)
}

rule Sample_Spindle_Project : sample ics
{
    meta:
        description = "Sample rule: reference to the library in a project"
        date = "2026-08-21"
    strings:
        $reference = /<Library name="MotionHelper" path="[^"]{1,80}mhelp\.dll"/
    condition:
        $reference
}
