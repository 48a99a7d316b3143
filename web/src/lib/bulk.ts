// Edits of many indicators: what a form says, as the server takes it.
import { listed } from './lists';

export interface Selected {
  id: string;
  sequence: number;
  source: string;
  organisation?: number;
  values?: { kind: string; value: string }[];
}
export interface EditLine {
  edit: number;
  changed: number;
  by: string;
  at: string;
  what: string;
  undone: boolean;
}
export interface EditForm {
  confidence: number | null | undefined;
  until: string;
  tlp: string;
  add: string;
  remove: string;
  revoke: boolean;
}
export const emptyEdit = (): EditForm => ({ confidence: undefined, until: '', tlp: '', add: '', remove: '', revoke: false });

/** Only what somebody filled in: an empty field changes nothing. */
export function changeOf(form: EditForm): Record<string, unknown> {
  return {
    ...(typeof form.confidence === 'number' ? { confidence: form.confidence } : {}),
    ...(form.until === '' ? {} : { valid_until: `${form.until}T00:00:00Z` }),
    ...(form.tlp === '' ? {} : { tlp: form.tlp }),
    ...(listed(form.add).length === 0 ? {} : { add_labels: listed(form.add) }),
    ...(listed(form.remove).length === 0 ? {} : { remove_labels: listed(form.remove) }),
    ...(form.revoke ? { revoke: true } : {}),
  };
}

/** What one's own organisation brought in; publications are revised. */
export const isEditable = (one: Selected, organisation: number): boolean => (one.organisation ?? 0) === organisation && one.source !== 'publications';
