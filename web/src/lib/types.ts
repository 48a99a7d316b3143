// What /api/v1 answers, as far as the portal shows it (docs/openapi.json, docs/lookup.md).
export interface Head {
  id: string;
  type: string;
  name?: string;
  created?: string;
  modified?: string;
  added: string;
  revoked?: boolean;
  confidence?: number;
  tlp?: string;
  organisation?: number;
  source: string;
}
export interface Stored extends Head {
  tags?: Record<string, number>;
  object: Record<string, unknown>;
}
export interface Hit extends Head {
  snippet?: string;
}
export interface Page<T> {
  items: T[];
  next?: string;
  total?: number;
}
export type ImportState = 'waiting' | 'reading' | 'committing' | 'stopped';
export interface SearchPage extends Page<Hit> {
  more_than_counted?: boolean;
  facets?: Record<string, Record<string, number>>;
}
export interface Session {
  name: string;
  role: string;
  organisation: number;
  clearance: string;
  second_factor: boolean;
  permissions: string[];
  csrf?: string;
}
export interface Listing {
  source: string;
  from?: string;
  tlp?: string;
  confidence?: number;
  active?: boolean;
  revoked?: boolean;
  relation?: string;
  indicator?: string;
  valid_from?: string;
  valid_until?: string;
  id?: string;
  labels?: string[];
  context?: unknown;
}
export interface Related {
  id: string;
  type: string;
  name?: string;
  relation: string;
  outgoing: boolean;
  direct: boolean;
  source: string;
  tlp?: string;
}
export type Zone = 'red' | 'orange' | 'yellow' | 'green' | 'grey';
/** Why a verdict is as it is: what the sentence of this code is made of (docs/lookup.md). */
export interface Reason {
  code: string;
  relation?: string;
  indicator?: string;
  [member: string]: string | number | undefined;
}
export interface Answer {
  value: string;
  type: string;
  canonical?: string;
  zone: Zone;
  score: number;
  reasons: string[];
  reason_details: Reason[];
  first_seen?: string;
  last_seen?: string;
  listed_by?: Listing[];
  warning_lists?: { source: string; reason?: string; marked_by?: string; relation?: string; indicator?: string }[];
  objects?: { id: string; type: string; name?: string; source: string; tlp?: string; relation?: string; modified?: string; revoked?: boolean; aliases?: string[]; description?: string; tags?: Record<string, number> }[];
  related?: Record<string, Related[]>;
  passive_dns?: { name: string; target: string; record_type?: string; first_seen?: string; last_seen?: string; count?: number; source: string }[];
  whois?: { title: string; text?: string; updated?: string; source: string }[];
  exploitation?: { title: string; known_exploited?: boolean; epss?: number; source: string }[];
  geography?: { country?: string; city?: string; autonomous_system?: number; organisation?: string; network?: string; database: string }[];
  actor_profiles?: { id: string; name: string; attack_id?: string; country?: string; aliases: string[]; records: string[] }[];
  history?: { id: string; modified: string; added: string; source: string; revoked?: boolean }[];
  more?: boolean;
}
export interface Actor {
  id: string;
  name: string;
  attack_id?: string;
  country?: string;
  aliases: { name: string; by?: string }[];
  records: { id: string; name: string; source: string }[];
}
export interface ActorProfile extends Actor {
  statements: {
    record: string;
    source: string;
    description?: string;
    motivation?: string;
    resource_level?: string;
    first_seen?: string;
    last_seen?: string;
    origins: { country: string; detail: string; source: string }[];
    targets: { kind: string; name: string; source: string }[];
    references: { source: string; id: string; url: string }[];
  }[];
  links: { from: string; to: string; evidence: string; names: string[] }[];
  ambiguous_names: string[];
  candidates: { id: string; name: string; reason: string }[];
}
export interface Technique {
  id: string;
  attack_id: string;
  name: string;
  related?: boolean;
  counts: Record<string, number>;
  platforms?: string[];
  sub_techniques?: Technique[];
}
export interface Matrix {
  domain: string;
  tactics: { id: string; attack_id: string; name: string; phase: string; techniques: Technique[] }[];
}
export interface NeighbourCount {
  relation: string;
  type: string;
  outgoing: boolean;
  count: number;
  more?: boolean;
}
export interface Neighbour {
  relation: string;
  outgoing: boolean;
  relationship_id?: string;
  object: Head;
}
export interface Diagnostic {
  severity: string;
  code: string;
  message: string;
  hint?: string;
  file?: string;
  line?: number;
}
/** Of one that is `locked` only title, kind, dates and tags are there. */
export interface PublicationHead {
  id: string;
  organisation: number;
  locked?: boolean;
  report?: string;
  slug?: string;
  kind: string;
  state: 'published' | 'revised' | 'withdrawn';
  version?: number;
  edition: number;
  published: string;
  updated: string;
  title: string;
  tlp?: string;
  languages?: string[];
  geography?: string[];
  sectors?: string[];
  actors?: string[];
  malware?: string[];
  campaigns?: string[];
  counts?: Record<string, number>;
  excerpt?: string;
}
export interface RichText {
  html: string;
  contents: { level: number; id: string; text: string }[];
}
export interface TechniqueUse {
  id: string;
  evidence: string;
}
export interface Attachment {
  kind: 'indicators' | 'yara' | 'sigma' | 'suricata' | 'figure';
  name: string;
  bytes: number;
}
export interface Publication extends PublicationHead {
  language?: string;
  pdf?: boolean;
  html?: { summary: RichText; full: RichText };
  techniques?: TechniqueUse[];
  references?: { title: string; url: string }[];
  attachments?: Attachment[];
}
export interface PublicationItem {
  id: string;
  type: string;
  value: string;
  since: string;
  name?: string;
}
export interface Edition {
  edition: number;
  version: number;
  updated: string;
  title: string;
  tlp?: string;
  language?: string;
  execsum?: string;
  full?: string;
}
export interface DraftText {
  language: string;
  title: string;
  summary: string;
  full: string;
}
export interface DraftFields {
  slug: string;
  kind: string;
  tlp: string;
  date: string;
  texts: DraftText[];
  geography: string[];
  sectors: string[];
  actors: string[];
  malware: string[];
  campaigns: string[];
  techniques: TechniqueUse[];
  references: { title: string; url: string }[];
}
export interface Draft extends DraftFields {
  id: string;
  version: number;
  stage: 'draft' | 'review';
  organisation: number;
  created: string;
  changed: string;
  by: string;
  published?: { state: string; version: number; edition: number; updated: string };
  attachments: Attachment[];
}
export interface Finding {
  index: number;
  type: string;
  value: string;
  page?: number;
  context?: string;
  confidence: number;
  reason?: string;
  noise: string | null;
  id?: string;
  name?: string;
  written?: string;
  accepted?: boolean;
  /** Characters of the document's text. */
  span?: [number, number];
}
/** What is said of a finding; without an index: one more. */
export interface FindingChange {
  index?: number;
  accepted?: boolean;
  type?: string;
  value?: string;
  context?: string;
  span?: [number, number];
}
export interface ReviewSummary {
  id: string;
  version: number;
  created: string;
  by: string;
  status: 'pending' | 'accepted';
  file: string;
  title: string;
  source: string;
  tlp?: string;
  report?: string;
  accepted: number;
  findings: number;
}
export interface Review extends Omit<ReviewSummary, 'findings'> {
  findings: Finding[];
  diagnostics?: Diagnostic[];
}
export interface Counts {
  added: number;
  updated: number;
  older: number;
  unchanged: number;
}
export interface Source {
  source: string;
  imports: number;
  last_at?: string;
  last_origin?: string;
  tlp?: string;
  counts: Counts;
}
export interface Token {
  id: number;
  name: string;
  scopes: string;
  created: string;
  expires: string;
  last_used?: string;
}
export interface User {
  /** Another one after each change of an administrator. */
  version: string;
  name: string;
  role: string;
  clearance: string;
  organisation: number;
  email?: string;
  external?: string;
  disabled?: boolean;
  second_factor?: boolean;
  last_seen?: string;
  locked_until?: string;
}
export interface Organisation {
  id: number;
  name: string;
  disabled: boolean;
  state?: string;
  plans?: string[];
}
export type Quotas = Record<'requests' | 'lookups' | 'downloads' | 'attributions', number | null>;
export type Subjects = Record<'kinds' | 'geography' | 'sectors' | 'actors' | 'malware' | 'campaigns', string[]>;
export interface Plan {
  name: string;
  title: string;
  opens: { all: boolean } & Subjects;
  trial: number;
  days: number;
  quotas: Quotas;
  version: number;
}
export interface Subscription {
  id: string;
  plan: string;
  title: string;
  start: string;
  end: string | null;
  state: string;
}
/** How an organisation stands with its plans. */
export interface Standing {
  state: string;
  until: string | null;
  trial: { total: number; opened: number; left: number };
  subscriptions: Subscription[];
  quotas: Record<keyof Quotas, { quota: number; spent: number } | null>;
  version?: number;
}
/** How the installation is. */
export interface System {
  version: string;
  started: string;
  uptime_s: number;
  store: { engine: string; engine_version: string; knowledge_schema: number; people_schema: number; bytes: number };
  disk?: { folder: string; used_bytes: number; files: number; more: boolean; free_bytes: number; total_bytes: number };
  memory: { used_bytes: number; used_most_bytes: number; free_bytes: number; total_bytes: number };
  knowledge: { objects: number; relations: number; types: Record<string, number>; relation_kinds: Record<string, number> };
  imports: { id: string; by: string; source: string; organisation: number; state: ImportState; since: string; objects: number }[];
  notifications: { mail: boolean; webhook: boolean; waiting: number; sent: number; failed: number; dropped: number };
  last_backup?: Backup;
  parts: Record<'cell' | 'chromium' | 'suricata' | 'indicators' | 'warning_lists', boolean>;
}
export interface FalsePositive {
  value: string;
  kind: string;
  reason: string;
  who: string;
  at: string;
  until?: string;
  counts: boolean;
  common: boolean;
}
/** The last import of a source came to nothing. */
export interface ImportFailure {
  source: string;
  by: string;
  at: string;
  code: string;
  detail: string;
}
export interface Backup {
  name: string;
  begun: string;
  bytes: number;
  sha256?: string;
}
export interface BackupList {
  items: Backup[];
  needed_bytes: number;
  offered: boolean;
  why?: string;
  running?: { by: string; since: string; step: string; done: number; total: number };
  failure?: { code: string; detail: string; hint: string };
}
export interface AuditLine {
  sequence: number;
  at: string;
  who: string;
  action: string;
  object?: string;
  detail?: string;
}
