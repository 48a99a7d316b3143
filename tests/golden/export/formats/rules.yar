import "pe"

rule odd_shell : shell {
  meta:
    description = "a shell that is odd"
  strings:
    $a = "odd shell"
  condition:
    $a and pe.number_of_sections > 1
}
