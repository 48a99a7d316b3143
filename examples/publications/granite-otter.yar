rule Sample_Holtlink_Module : sample
{
    meta:
        description = "Sample rule: module of a fictional actor"
        date = "2026-09-11"
    strings:
        $header = "X-Probe-Id" ascii
        $file = "/var/tmp/.hl" ascii
        $name = "hlink_module" ascii
    condition:
        uint32(0) == 0x464C457F and 2 of them
}
