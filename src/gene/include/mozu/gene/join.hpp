// One file holds several objects, each with a verdict of its own: which verdicts the whole file gets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mozu/gene/attribute.hpp"

namespace mozu::gene {

struct JoinedVerdict {
  Verdict verdict;          ///< of the object that is most like the entity; its evidence stands in that object
  std::size_t object = 0;   ///< index of it
  std::size_t objects = 1;  ///< how many objects share something with the entity
};

struct Joined {
  std::vector<JoinedVerdict> verdicts;  ///< in the order of Attribution::verdicts
  std::vector<LibraryShare> libraries;  ///< genes of all objects together, most first
  std::size_t weak = 0;                 ///< verdicts of objects below the thresholds, told or not
};

/// An entity's verdict is the best that any object has, and not a sum: what lies beside a sample must neither help nor hide it.
Joined join(std::span<const Attribution> objects);

}  // namespace mozu::gene
