// What the two layers share. A packed part: a length of four bytes, then tokens: a byte n < 128 and n + 1 bytes as they are, or a byte n ≥ 128 and two
// of a distance: n - 124 bytes from so far back.
typedef unsigned char byte;
typedef __SIZE_TYPE__ size;
#ifdef __x86_64__
#define CALL
#else
#define CALL __attribute__((stdcall))
#endif

typedef struct {
  unsigned int image_offset, entry, imports, alloc_at, load_at, find_at, second_at, second_bytes, count;
  struct {
    unsigned int from, to;
  } parts[32];
} Told;

/// At the end of the second layer in memory: told by the first one's place in it.
typedef struct {
  Told* told;
} Second;

static void unpack(const byte* from, byte* to) {
  byte* const end = to + *(const unsigned int*)from;
  for (from += 4; to < end;) {
    unsigned int n = *from++;
    if (n < 128) {
      for (++n; n > 0; --n) *to++ = *from++;
    } else {
      const unsigned int distance = from[0] | from[1] << 8;
      from += 2;
      for (n -= 124; n > 0; --n, ++to) *to = to[-(int)distance];
    }
  }
}
