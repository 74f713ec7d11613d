# What the libraries link: the same packages as when they were built.
include(CMakeFindDependencyMacro)
find_dependency(PkgConfig)
find_dependency(Threads)
find_dependency(xtensor)
find_dependency(nlohmann_json)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(LAPACKE REQUIRED IMPORTED_TARGET lapacke)
include(${CMAKE_CURRENT_LIST_DIR}/premeltTargets.cmake)
