// Files that the browser saves: addresses of the server, or what a page has made itself.
/** What the browser could show, too, is kept as a file all the same. */
export function fetchFile(name: string, address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
export function download(name: string, content: Blob | string, type = 'application/octet-stream'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  fetchFile(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
