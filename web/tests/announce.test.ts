// What is said to whoever hears the page read.
import { beforeEach, expect, it, vi } from 'vitest';
import { announcement } from '../src/lib/announce.svelte';

beforeEach(() => {
  vi.useFakeTimers();
  vi.runAllTimers();
});

it('the same said twice within a moment is a change, and so is heard twice', () => {
  announcement.say('copied');
  const first = announcement.text;
  announcement.say('copied');
  expect(announcement.text).not.toBe(first);
  expect(announcement.text.trim()).toBe('copied');
  announcement.say('copied');
  expect(announcement.text).toBe('copied');
});
it('is gone after a while, counted from what was said last', () => {
  announcement.say('copied');
  vi.advanceTimersByTime(1000);
  announcement.say('copied');
  vi.advanceTimersByTime(1000);
  expect(announcement.text.trim()).toBe('copied');
  vi.advanceTimersByTime(1000);
  expect(announcement.text).toBe('');
});
