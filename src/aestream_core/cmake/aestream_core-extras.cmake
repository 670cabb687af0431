# How native modules of the suite are built: C++20, optimised, for the interpreter that builds.
# find_package(aestream_core) brings it to the packages above.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_package(Python3 REQUIRED COMPONENTS Interpreter Development.Module)

# pybind11 comes from pip or from the distribution; the pip package knows where its CMake files are.
execute_process(COMMAND ${Python3_EXECUTABLE} -m pybind11 --cmakedir
  OUTPUT_VARIABLE pybind11_pip_dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(pybind11_pip_dir)
  list(PREPEND CMAKE_PREFIX_PATH ${pybind11_pip_dir})
endif()
set(PYBIND11_FINDPYTHON OFF)
set(PYTHON_EXECUTABLE ${Python3_EXECUTABLE})
find_package(pybind11 REQUIRED)
