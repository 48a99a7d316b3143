// A lock file keeps others out while it is held, and no longer.
#include "mozu/base/file_lock.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace mozu {
namespace {

TEST(FileLock, OneAtATime) {
  const auto path = std::filesystem::path(testing::TempDir()) / "file-lock-test";
  std::filesystem::remove(path);
  {
    const auto held = FileLock::take(path.string(), "test", false);
    ASSERT_TRUE(held) << held.error().message;
    const auto other = FileLock::take(path.string(), "test", false);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "file-locked");
  }
  EXPECT_TRUE(FileLock::take(path.string(), "test", true));
  std::filesystem::remove(path);
}

TEST(FileLock, WhatTheSystemRefusesBearsTheCode) {
  const auto none = FileLock::take("/nonexistent/folder/lock", "gene-index", true);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "gene-index");
  const auto link = std::filesystem::path(testing::TempDir()) / "file-lock-link";
  std::filesystem::remove(link);
  std::filesystem::create_symlink("elsewhere", link);
  EXPECT_FALSE(FileLock::take(link.string(), "gene-index", false));
  std::filesystem::remove(link);
}

}  // namespace
}  // namespace mozu
