// Track C: the same sources by other compilers and at other levels of optimisation.
#pragma once
#include <string>

namespace mozu::bench {

/// `corpus` is of compilers.py: a file's role is how it was built, its label the project.
void compilers(const std::string& corpus, const std::string& work);

}  // namespace mozu::bench
