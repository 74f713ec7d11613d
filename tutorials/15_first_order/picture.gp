# A well is tilted until it is gone; and the strength of a three-layer mode as weight decay goes up and down.
set multiplot layout 1,2
set key maxrows 2 maxcols 2
set xlabel "x"
set ylabel "free energy f" offset 1,0
set xrange [-1.7:1.7]
set yrange [-1.3:0.8]
set ytics 0.5
set xtics 1
array tilt[4] = [0, 0.2, 0.385, 0.55]
plot for [k=1:4] table index 0 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) \
       title sprintf("h = %g", tilt[k]), \
     table index 1 using 1:2:0 with points pointtype 7 pointsize 1.2 linecolor rgb ink notitle
set xlabel "weight decay"
set ylabel "strength of the mode"
set xrange [0:0.6]
set yrange [-0.05:1.05]
set xtics 0.2
plot table index 2 using 1:2 with lines linewidth 3 linecolor rgb colour(0) title "on the way up", \
     table index 2 using 1:3 with lines linewidth 3 linecolor rgb colour(1) title "on the way down"
unset multiplot
