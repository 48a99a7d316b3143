import "pe"

rule Sample_LynxPaw_Loader : sample
{
    meta:
        description = "Sample rule: the loader of a fictional actor"
        date = "2026-11-10"
    strings:
        $task = "FurUpdate" wide ascii
        $path = "\\fur.dll" ascii
    condition:
        pe.is_pe and all of them
}
