// Compile a hot function for several instruction sets and pick at load time, so that one build runs everywhere.
// No clone enables fused multiply-add: results are the same bits on every machine.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define AESTREAM_MULTIVERSION __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define AESTREAM_MULTIVERSION
#endif
