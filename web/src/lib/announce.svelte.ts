// What is said to whoever hears the page read, in its one place (Frame): a place of its own in each row of a table would be a hundred of them.
class Announcement {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  say(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.text = ''), 1500);
  }
}
export const announcement = new Announcement();
