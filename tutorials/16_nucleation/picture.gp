# The energy of a droplet against its width for three tilts, and Kramers' law.
set multiplot layout 1,2
set key maxrows 2 maxcols 2
set xlabel "width of the droplet (units)"
set ylabel "energy over the left state" offset 1,0
set xrange [0:14]
set yrange [-2.5:2.5]
set ytics 1
set xtics 4
array tilt[3] = [0, 0.1, 0.25]
plot for [k=1:3] table index 0 using 1:(column(1 + k)) with lines linewidth 3 linecolor rgb colour(k - 1) \
       title sprintf("tilt %g", tilt[k]), \
     0 with lines linewidth 1.5 dashtype 3 linecolor rgb quiet notitle
set key maxrows 2 maxcols 1
set xlabel "barrier / T"
set ylabel "waiting time"
set logscale y
set format y "10^{%L}"
set xrange [1.5:6.5]
set yrange [10:5000]
set ytics 10
set xtics 1
plot table index 1 using 1:3 with lines linewidth 3 linecolor rgb colour(0) title "Kramers", \
     table index 1 using 1:2 with points pointtype 7 pointsize 1.2 linecolor rgb alarm title "300 escapes"
unset multiplot
