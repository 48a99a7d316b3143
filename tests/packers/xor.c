// Undoes the code in its place. Compiled to bytes that run anywhere.
typedef unsigned char byte;
typedef struct {
  unsigned long long here, entry;            // where this stands; where the program begins, from the image on
  unsigned int image_offset, key, count, rest;  // this minus the image
  struct {
    unsigned int at, bytes;
  } parts[16];
} Told;

void* run(Told* told) {
  byte* const image = (byte*)told - told->image_offset;
  unsigned int key = told->key;
  for (unsigned int i = 0; i < told->count; ++i)
    for (unsigned int k = 0; k < told->parts[i].bytes; ++k) {
      image[told->parts[i].at + k] ^= (byte)(key >> 24);
      key = key * 1664525u + 1013904223u;
    }
  return image + told->entry;
}
