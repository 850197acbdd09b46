/* A stand-in for the one library of Windows that Rust's standard library wants and Wine before 9 has not. scripts/release.sh puts
   it beside a binary that is tried under such a Wine; it is in no archive. */
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *bytes, unsigned long count);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *bytes, unsigned long long count) {
  while (count) {
    unsigned long part = count > 0x10000000 ? 0x10000000 : (unsigned long)count;
    if (!SystemFunction036(bytes, part)) return 0;
    bytes += part;
    count -= part;
  }
  return 1;
}
