// What `mozu sample` asks for.
#pragma once
#include <string>

namespace mozu::cli {

struct SampleArguments {
  std::string data;
};
int sample_load_verb(const SampleArguments& arguments);
int sample_remove_verb(const SampleArguments& arguments);

}  // namespace mozu::cli
