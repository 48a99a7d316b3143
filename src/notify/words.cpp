#include "words.hpp"

namespace mozu::notify {
namespace {

constexpr Words english = {
    "New",
    "Revised",
    "Withdrawn",
    "Seen in your logs",
    "{} new detections",
    "listed as {}",
    "in {}",
    "{} times",
    "There is something new for you. Its marking does not let its words leave Mozu: sign in to read it.",
    "Something new for you",
    "Your subscription shows the title only.",
    "{} publications",
    "{} news items",
    "{} further ones are in the portal.",
    "Read it in Mozu",
    "Sign in to Mozu",
    "Test message",
    "This is a test message of a notification rule. What you see here is how its messages reach you.",
    "You get this because of your notification rule “{}”.",
    "Change your rules",
    "Unsubscribe from this rule",
    "Kind",
    "Actors",
    "Sectors",
    "Countries",
    "Tags",
    "Marking",
};
constexpr Words japanese = {
    "新着",
    "改訂",
    "取り下げ",
    "お使いのログで検知",
    "新しい検知 {} 件",
    "インジケーター: {}",
    "ログ: {}",
    "{} 回",
    "新しい情報があります。共有区分（TLP）により本文はメールやWebhookでは送れません。サインインしてご確認ください。",
    "新しい情報があります",
    "ご契約の範囲ではタイトルのみ表示されます。",
    "公開情報 {} 件",
    "新着情報 {} 件",
    "ほかに {} 件あります。ポータルでご確認ください。",
    "Mozu で読む",
    "Mozu にサインイン",
    "テスト通知",
    "これは通知ルールのテストメッセージです。このルールの通知は、このような形で届きます。",
    "このメッセージは通知ルール「{}」により送信されました。",
    "通知ルールを変更する",
    "このルールの配信を停止する",
    "種別",
    "アクター",
    "業種",
    "国・地域",
    "タグ",
    "共有区分",
};

}  // namespace

const Words& words(std::string_view language) { return language == "ja" ? japanese : english; }

}  // namespace mozu::notify
