// Verbs of the knowledge base.
#include "command_tree.hpp"

namespace mozu::cli {

void add_knowledge_verbs(CommandTree&) {}

}  // namespace mozu::cli
