# SHC on the way to three events, over its value at the start of the run: medians of 20 runs.
set logscale y
set ylabel "SHC / SHC at the start" offset 1,0
set xlabel "steps to the event"
set xrange [-1200:0]
set yrange [0.5:20]
plot table index 0 using 1:2 with lines linewidth 3 linecolor rgb colour(0) title "pitchfork: softens", \
     table index 1 using 1:2 with lines linewidth 3 linecolor rgb colour(2) title "fold: tilted until it is gone", \
     table index 2 using 1:2 with lines linewidth 3 linecolor rgb colour(1) title "metastable: left by noise", \
     1 with lines linewidth 1.5 dashtype 3 linecolor rgb quiet notitle
