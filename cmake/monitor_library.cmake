# libpremelt: the monitor of rdm/window behind the C interface of rdm/clients, for programs in any language. It is compiled from
# what that takes and nothing else, position-independent, and shows the functions of premelt.h alone. What is missing here does
# not link.
set(monitor_sources
    engine/io/descriptor.cpp engine/io/element.cpp engine/io/file.cpp engine/io/growing_file.cpp engine/io/mapped_file.cpp
    engine/io/npy.cpp engine/io/npy_header.cpp engine/io/npy_rows.cpp
    engine/linalg/blas.cpp engine/linalg/version.cpp
    engine/tensor/error.cpp engine/tensor/hash.cpp engine/tensor/memory.cpp engine/tensor/numbers.cpp
    engine/tensor/parse_number.cpp engine/tensor/shape.cpp engine/tensor/tensor.cpp
    rdm/window/alarm.cpp rdm/window/blocks.cpp rdm/window/event.cpp rdm/window/loss_ring.cpp rdm/window/loss_window.cpp
    rdm/window/monitor.cpp rdm/window/null.cpp rdm/window/spectrum.cpp rdm/window/statistics.cpp
    rdm/window/top_eigenvalue.cpp rdm/window/view.cpp
    rdm/clients/premelt.cpp)
file(GLOB monitor_linalg CONFIGURE_DEPENDS engine/linalg/${PREMELT_LINALG}/*.cpp)
add_library(premelt_monitor SHARED ${monitor_sources} ${monitor_linalg})
add_library(premelt::monitor ALIAS premelt_monitor)
target_link_libraries(premelt_monitor PRIVATE premelt_flags ${linalg} Threads::Threads xtensor
                                              nlohmann_json::nlohmann_json Boost::headers)
if(PREMELT_LINALG STREQUAL "portable")
  target_compile_definitions(premelt_monitor PRIVATE PREMELT_PORTABLE)
endif()
target_link_options(premelt_monitor PRIVATE -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/premelt.map)
if(NOT PREMELT_SANITIZE)  # whose functions are in the program
  target_link_options(premelt_monitor PRIVATE -Wl,--no-undefined)
endif()
set_target_properties(premelt_monitor PROPERTIES
  OUTPUT_NAME premelt EXPORT_NAME monitor VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/premelt.map
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_include_directories(premelt_monitor INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/rdm/clients> $<INSTALL_INTERFACE:include>)

install(TARGETS premelt_monitor EXPORT premelt_monitor LIBRARY DESTINATION lib COMPONENT monitor)
install(FILES rdm/clients/premelt.h rdm/clients/premelt.hpp DESTINATION include COMPONENT monitor)
install(EXPORT premelt_monitor FILE premeltMonitorTargets.cmake NAMESPACE premelt:: DESTINATION lib/cmake/premelt COMPONENT monitor)
configure_file(cmake/premelt.pc.in ${PROJECT_BINARY_DIR}/premelt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/premelt.pc DESTINATION lib/pkgconfig COMPONENT monitor)
