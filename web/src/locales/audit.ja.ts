// Details of the audit log in Japanese, by action. The log keeps what the server wrote: {} is data and stays as it is ({n}: a number), unless `words` has a word for it. A test finds forms that no
// source of the server writes any more.
export const auditJa: Record<string, [string, string][]> = {
  'attribution': [['{}, sha256 {}', '{0}(SHA-256 {1})']],
  'sample-download': [['{}, sha256 {}', '{0}(SHA-256 {1})']],
  'decide': [['{} as {}', '{1} と{0}']],
  'indicator-edit': [['{n} indicators: {}', 'インジケーター {0} 件: {1}']],
  'indicator-edit-undo': [['{n} indicators, {n} changed again since', 'インジケーター {0} 件。その後に変更された {1} 件はそのまま']],
  'export': [
    ['graph as STIX, {n} objects', 'グラフを STIX で出力、オブジェクト {0} 件'],
    ['{n} objects, {}', 'オブジェクト {0} 件、{1}'],
    ['misp-feed', 'MISP フィード'],
  ],
  'false-positive': [['{n} values: {}', '値 {0} 件: {1}']],
  'graph-change': [['shared: {}', '組織と共有: {0}']],
  'import': [
    ['taxii: {n} added, {n} updated', 'TAXII: 追加 {0}、更新 {1}'],
    ['{} from {}: {n} added, {n} updated', '{0}({1}): 追加 {2}、更新 {3}'],
  ],
  'token-remove': [['of {}', '{0} のトークン']],
  'plan-save': [['version {n}', '版 {0}']],
  'review-change': [['version {n}', '版 {0}']],
  'publication-open': [['{n} of {n}', '{1} 件中 {0} 件']],
  'publication-save': [['{} version {n}', '{0}、版 {1}']],
  'publication-delete': [['{} version {n}', '{0}、版 {1}']],
  'publish': [
    ['{} version {n} edition {n}', '{0}、版 {1}、第 {2} 版として公開'],
    ['{} version {n}', '{0}、版 {1}'],
  ],
  'withdraw': [
    ['{} version {n} edition {n}', '{0}、版 {1}、第 {2} 版'],
    ['{} version {n}', '{0}、版 {1}'],
  ],
  'accept': [['import {n}, {n} findings, {}', '取り込み {0}、検出 {1} 件、{2}']],
  'samples-load': [['{n} objects, {n} publications', 'オブジェクト {0} 件、レポート {1} 件']],
  'samples-remove': [['{n} objects, {n} publications; {n} kept', 'オブジェクト {0} 件、レポート {1} 件を削除、{2} 件を保持']],
};

/** What stands alone, or between commas, or in a place of the forms above. */
export const auditWordsJa: Record<string, [string, string][]> = {
  'user-change': [
    ['email', 'メールアドレス'],
    ['role administrator', '役割: 管理者'],
    ['role analyst', '役割: アナリスト'],
    ['role author', '役割: 執筆者'],
    ['role reader', '役割: 閲覧者'],
    ['role feed-client', '役割: フィード利用プログラム'],
    ['organisation {n}', '組織 {0}'],
    ['clearance {}', '閲覧できる区分 {0}'],
    ['external', 'その他のサインイン'],
    ['disabled', '停止'],
    ['enabled', '再開'],
    ['password', 'パスワード'],
    ['second factor removed', '二要素認証を解除'],
    ['unlocked', 'ロック解除'],
  ],
  'organisation-add': [['disabled', '停止']],
  'organisation-change': [['disabled', '停止']],
  'notification-rule-add': [
    ['mail', 'メール'],
    ['webhook', 'Webhook'],
  ],
  'notification-rule-change': [
    ['on', '有効'],
    ['off', '無効'],
  ],
  'sign-in-failed': [
    ['sign-in-refused', '名前、パスワード、コードのいずれかが違う'],
    ['sign-in-locked', 'ロック中'],
    ['account-disabled', 'アカウントまたは組織が停止中'],
  ],
  'welcome-failed': [['welcome-refused', '使えないリンク']],
  'export': [['unmarked', 'TLP なし']],
  'decide': [
    ['same', '同じアクター'],
    ['different', '別のアクター'],
    ['undecided', '未決定'],
  ],
  'indicator-edit': [
    ['confidence {n}', '確度 {0}'],
    ['valid until {}', '有効期限 {0}'],
    ['revoked', '取り消し'],
  ],
};
