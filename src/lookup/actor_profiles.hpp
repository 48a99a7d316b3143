// Private to the room: which of the actors that bear a name are the same.
#pragma once
#include <span>
#include <vector>

#include "mozu/lookup/answer.hpp"
#include "mozu/store/store.hpp"

namespace mozu::lookup {

/// By the rules of actors::resolve(), over these records alone.
std::vector<ActorProfile> actor_profiles(std::span<const store::StoredObject* const> records, const std::vector<store::Store::Decision>& decisions);

}  // namespace mozu::lookup
