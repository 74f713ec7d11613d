# A narrow fine-tune: bad answers in domains it never saw, and the change of the probe losses in the window.
set ylabel "P(bad answer) elsewhere" offset 1,0
set yrange [0:1.05]
set y2range [0:*]
set y2tics textcolor rgb quiet
set y2label "rms change (nats)" textcolor rgb quiet offset -1,0
set border 11 linecolor rgb quiet
set arrow 1 from 150, graph 0 to 150, graph 1 nohead dashtype 3 linewidth 2 linecolor rgb quiet
plot table using 1:3 axes x1y2 with lines linewidth 2 linecolor rgb quiet title "rms change of the losses, √(tr C/n)", \
     table using 1:2 with lines linewidth 3 linecolor rgb alarm title "bad answers in untouched domains"
