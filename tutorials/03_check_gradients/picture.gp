# The error of a difference quotient against its step.
set logscale xy
set format "10^{%L}"
set xrange [2e-1:5e-15]
set xtics ("10^{-1}" 1e-1, "10^{-4}" 1e-4, "10^{-7}" 1e-7, "10^{-10}" 1e-10, "10^{-13}" 1e-13)
set ytics 1e-12,100,1
set xlabel "step h (smaller to the right)"
set ylabel "error" offset 1,0
plot table using 1:2 with linespoints linewidth 3 pointtype 7 pointsize 0.6 linecolor rgb colour(1) title "forward", \
     table using 1:3 with linespoints linewidth 3 pointtype 7 pointsize 0.6 linecolor rgb colour(0) title "central"
