# One head learns to copy: the loss, where it looks, and SHC.
set xlabel "step"
set ylabel "loss, copy score" offset 1,0
set yrange [0:2.4]
set y2label "SHC" offset -1,0
set logscale y2
set y2tics
set ytics nomirror
set key center right
plot table using 1:2 with lines linewidth 3 linecolor rgb colour(2) title "loss (ln 8 = 2.08: guessing)", \
     table using 1:3 with lines linewidth 3 linecolor rgb colour(0) title "copy score: weight three back", \
     table using 1:4 axes x1y2 with lines linewidth 2 linecolor rgb colour(1) title "SHC (right axis)"
