# An induction head forms: its score, the share of structured probes in the top eigenvector, and SHC.
set ylabel "score" offset 1,0
set yrange [0:1.05]
set logscale y2
set y2tics 1e-8,100,1 textcolor rgb quiet
set format y2 "10^{%L}"
set y2range [1e-6:1]
set y2label "SHC" textcolor rgb quiet offset -1,0
set border 11 linecolor rgb quiet
plot table using 1:4 axes x1y2 with lines linewidth 2 linecolor rgb quiet title "SHC", \
     table using 1:2 with lines linewidth 3 linecolor rgb colour(0) title "induction score", \
     table using 1:3 with lines linewidth 3 linecolor rgb colour(2) title "previous-token score", \
     table using 1:5 with lines linewidth 2 dashtype 2 linecolor rgb colour(1) title "v₁ on structured probes"
