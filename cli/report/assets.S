// Embeds the page's files. CMake puts their folders on the include path and rebuilds when one of them changes.

.macro asset name, file
  .global premelt_asset_\name
  .global premelt_asset_\name\()_end
premelt_asset_\name:
  .incbin "\file"
premelt_asset_\name\()_end:
  .byte 0
.endm

.section .rodata
asset frame_html, frame.html
asset notices_html, notices.html
asset page_css, page.css
asset run_html, run.html
asset run_js, run.js
asset compare_html, compare.html
asset compare_js, comparison.js
asset still_js, static.js
asset plotly_js, plotly.js
asset figures_gp, figures.gp

.section .note.GNU-stack, "", %progbits
