#include "mozu/base/diagnostics.hpp"

#include <gtest/gtest.h>

namespace mozu {
namespace {

Diagnostic sample() { return {Severity::error, "row-bad", "the row has 2 columns, 3 are needed", {"a.csv", 12, "/x"}, "check the delimiter"}; }

TEST(Diagnostics, RendersText) {
  EXPECT_EQ(render_text(sample()), "error: the row has 2 columns, 3 are needed\n  --> a.csv:12 (/x)\n  hint: check the delimiter");
  EXPECT_EQ(render_text({Severity::warning, "w", "only this", {}, {}}), "warning: only this");
  EXPECT_EQ(render_text({Severity::note, "n", "m", {"f", 0, {}}, {}}), "note: m\n  --> f");
  EXPECT_EQ(render_text({Severity::note, "n", "bell\a", {"f\x1b", 0, {}}, {}}), "note: bell\\x07\n  --> f\\x1B");
  EXPECT_NE(render_text(sample(), true).find("\x1b[1;31merror:\x1b[0m"), std::string::npos);
}

TEST(Diagnostics, RendersJson) {
  EXPECT_EQ(
      render_json(sample()),
      R"({"severity":"error","code":"row-bad","message":"the row has 2 columns, 3 are needed","file":"a.csv","line":12,"path":"/x","hint":"check the delimiter"})");
  EXPECT_EQ(render_json({Severity::note, "n", "m", {}, {}}), R"({"severity":"note","code":"n","message":"m"})");
}

TEST(Diagnostics, KeepsTheFirstOfEachCodeAndCountsAll) {
  Diagnostics d(2);
  for (std::uint64_t i = 1; i <= 5; ++i) d.add({Severity::error, "a", "m", {"f", i, {}}, {}});
  d.add({Severity::warning, "b", "m", {}, {}});
  EXPECT_EQ(d.kept().size(), 3U);
  EXPECT_EQ(d.kept()[1].where.line, 2U);
  EXPECT_EQ(d.counts().at("a"), 5U);
  EXPECT_EQ(d.errors(), 5U);
  EXPECT_EQ(d.warnings(), 1U);

  Diagnostics other(2);
  other.add({Severity::error, "a", "m", {}, {}});
  other.add({Severity::error, "c", "m", {}, {}});
  d.merge(std::move(other));
  EXPECT_EQ(d.kept().size(), 4U);
  EXPECT_EQ(d.counts().at("a"), 6U);
  EXPECT_EQ(d.errors(), 7U);
}

}  // namespace
}  // namespace mozu
