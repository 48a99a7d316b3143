// What is said to whoever hears the page read, in its one place (Frame): a place of its own in each row of a table would be a hundred of them.
class Announcement {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  say(text: string): void {
    // The same once more is no change, and would not be read: a blank that nobody hears makes it one.
    this.text = text === this.text ? `${text}\u00a0` : text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.text = ''), 1500);
  }
}
export const announcement = new Announcement();
