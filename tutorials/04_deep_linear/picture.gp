# What is learnt of each mode: the network (lines) on the closed form (wide, faint).
set ylabel "learnt of the mode" offset 1,0
set yrange [0:4.4]
plot for [k=1:3] table using 1:(column(2*k+1)) with lines linewidth 9 linecolor rgb faint(k-1) notitle, \
     for [k=1:3] table using 1:(column(2*k)) with lines linewidth 2.5 linecolor rgb colour(k-1) title sprintf("mode %d", k)
