# cmake -DFILES=... -DNPM_DIR=... -DASSET=... -P fetch_plotly.cmake
# Puts Plotly's cartesian bundle at ASSET. When it cannot be had, ASSET is left empty and the build goes on.

file(MAKE_DIRECTORY ${NPM_DIR})
file(COPY ${FILES} DESTINATION ${NPM_DIR})
find_program(NPM npm)
if(NPM)
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1
                  WORKING_DIRECTORY ${NPM_DIR} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX MATCHALL "npm error[^\n]*" errors "${output}")
  list(SUBLIST errors 0 4 errors)
  list(JOIN errors "\n    " reason)
  set(reason "`npm ci` failed.\n    ${reason}")
else()
  set(failed TRUE)
  set(reason "npm is not installed (Debian: apt-get install npm).")
endif()

if(failed)
  message("\n  Reports will have no charts: ${reason}\n"
          "  Everything else is built. Once npm and a network are there, build again.\n")
  file(REMOVE ${NPM_DIR}/plotly.stamp)
  file(CONFIGURE OUTPUT ${ASSET} CONTENT "")
else()
  file(COPY_FILE ${NPM_DIR}/node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js ${ASSET} ONLY_IF_DIFFERENT)
  file(TOUCH ${NPM_DIR}/plotly.stamp)
endif()
