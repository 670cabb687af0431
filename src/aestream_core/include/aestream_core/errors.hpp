// The error tree of the core. The Python bindings map each class to its twin in aestream_core.errors.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace aestream {

/// Base of every error that the core raises on purpose.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A value that the caller gave is outside what is allowed; the message says which value and what is allowed.
struct InvalidArgument : Error {
    using Error::Error;
};

/// A file or stream is not what its name or header says, or holds no events at all.
struct FormatError : Error {
    using Error::Error;
};

/// A recording is cut or damaged. Every event before the fault was delivered; `byte_offset` is where reading stopped.
struct DamagedRecording : Error {
    DamagedRecording(const std::string& message, std::uint64_t offset) : Error(message), byte_offset(offset) {}
    std::uint64_t byte_offset;
};

/// What a source that waits throws where stop is requested. No error: it ends the stream, quietly.
struct Stopped {};

}  // namespace aestream
