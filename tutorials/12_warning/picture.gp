# How much lead a false-alarm rate buys.
set xlabel "false alarms among 30 event-free runs (%)"
set ylabel "median lead (steps)" offset 1,0
set xrange [0:60]
set yrange [0:*]
set arrow 1 from 5, graph 0 to 5, graph 1 nohead dashtype 3 linewidth 2 linecolor rgb quiet
plot table index 1 using 1:2 with steps linewidth 3 linecolor rgb colour(2) title "drop of the mean loss", \
     table index 2 using 1:2 with steps linewidth 3 linecolor rgb colour(1) title "variance of the mean loss", \
     table index 0 using 1:2 with steps linewidth 3 linecolor rgb colour(0) title "SHC"
