// The first layer: unpacks the second into new memory. Compiled to bytes that run anywhere.
#include "lz.h"

void* run(Told* told) {
  byte* const image = (byte*)told - told->image_offset;
  typedef void*(CALL * Alloc)(void*, size, unsigned int, unsigned int);
  byte* const second = (*(Alloc*)(image + told->alloc_at))(0, told->second_bytes, 0x3000, 0x40);
  unpack((byte*)told + told->second_at, second);
  return second;
}
