# SHC of a learnt mode with noisy losses, over its level in pure noise, raw and without each probe's line.
set logscale y
set format y "10^{%L}"
set ylabel "SHC / its mean in pure noise" offset 1,0
set ytics 1e-1,10,1e6
set y2range [0:1.05]
set y2tics 0,0.5,1 textcolor rgb quiet
set y2label "learnt" textcolor rgb quiet offset -1,0
set border 11 linecolor rgb quiet
plot table using 1:2 axes x1y2 with lines linewidth 2 dashtype 2 linecolor rgb quiet title "learnt", \
     table using 1:3 with lines linewidth 3 linecolor rgb colour(0) title "raw", \
     table using 1:4 with lines linewidth 3 linecolor rgb colour(1) title "line removed", \
     1 with lines linewidth 1.5 linecolor rgb ink dashtype 3 title "pure noise"
