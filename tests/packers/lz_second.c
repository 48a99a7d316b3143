// The second layer: unpacks the program, binds what it imports, tells where it begins. Compiled to bytes that run anywhere.
#include "lz.h"

void* run(Second* second) {
  Told* const told = second->told;
  byte* const image = (byte*)told - told->image_offset;
  typedef void*(CALL * Load)(const char*);
  typedef void*(CALL * Find)(void*, const char*);
  const Load load = *(Load*)(image + told->load_at);
  const Find find = *(Find*)(image + told->find_at);
  for (unsigned int i = 0; i < told->count; ++i) unpack((byte*)told + told->parts[i].from, image + told->parts[i].to);
  for (unsigned int* entry = (unsigned int*)(image + told->imports); told->imports != 0 && entry[3] != 0; entry += 5) {
    void* const library = load((const char*)image + entry[3]);
    size* names = (size*)(image + (entry[0] != 0 ? entry[0] : entry[4]));
    void** places = (void**)(image + entry[4]);
    for (; *names != 0; ++names, ++places) *places = find(library, *names >> (sizeof(size) * 8 - 1) ? (const char*)(*names & 0xFFFF) : (const char*)image + *names + 2);
  }
  return image + told->entry;
}
