# The potential of a rare mode as its data leave; mean and rare loss while a network goes on learning.
set multiplot layout 1,2
set key maxrows 2 maxcols 2
set xlabel "weight"
set ylabel "free energy" offset 1,0
set xrange [-1.4:1.4]
set yrange [-0.5:0.3]
set ytics 0.2
set xtics 1
array share[4] = [1, 0.5, 0.05, 0]
plot for [k=1:4] table index 1 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) \
       title sprintf("data %g", share[k])
set xlabel "step"
set ylabel "loss"
set xrange [0:900]
set yrange [0:1.4]
set ytics 0.5
set xtics 300
plot table index 0 using 1:2 with lines linewidth 3 linecolor rgb colour(0) title "mean", \
     table index 0 using 1:3 with lines linewidth 3 linecolor rgb colour(1) title "rare", \
     table index 0 using 1:5 with lines linewidth 2 dashtype 2 linecolor rgb quiet title "control"
unset multiplot
