'use strict';
// A second run over the first: its lines, dashed, and by how much its events differ. Needs nothing but `run.other`.

const overlay = {
  /// The second run's means, order parameters or raw signals on the first run's axes.
  lines(name) {
    if (run.other === null || name === 'blocks') return [];
    const found = {losses: run.other.means, order: run.other.order}[name] ?? run.other[name];
    const styles = name === 'order' ? orderStyles(found.map((line) => line.name)) : [];
    return found.map((line, index) => {
      const colour = styles[index]?.colour ?? overlay.colour(name, line, index);
      return lineTrace({...line, name: `${line.name}, ${run.other.label}`}, colour, 2, {
        line: {color: colour, width: 2, dash: 'dash'}, showlegend: index === 0, name: escapeText(run.other.label), opacity: 0.85,
      });
    });
  },

  /// That of the first run's line of the same name.
  colour(name, line, index) {
    if (name !== 'losses') return theme.block(index);
    const block = run.blocks.indexOf(line.name);
    return block < 0 ? theme.colours().ink : theme.block(block);
  },

  /// One row an event of either run.
  table() {
    if (run.other === null) return '';
    const names = [...new Set([...run.transitions, ...run.other.transitions].map((event) => event.name))];
    const of = (list, name) => list.find((event) => event.name === name);
    const cells = (key) => (name) => {
      const [mine, theirs] = [run.transitions, run.other.transitions].map((list) => of(list, name)?.[key] ?? null);
      const apart = mine === null || theirs === null ? '–' : signed(theirs - mine);
      return [cell(step(mine)), cell(step(theirs)), cell(apart)];
    };
    const rows = names.map((name) =>
      [element('th', {scope: 'row', class: 'words'}, name), ...cells('alarm')(name), ...cells('at50')(name)]);
    return table(['!event', 'alarm', 'its alarm', 'later by', '50 %', 'its 50 %', 'later by'], rows,
      `Over this run lies ${run.other.label}, dashed: ${run.other.subtitle}. “Its” steps are that run’s.`);
  },
};

const signed = (difference) => (difference > 0 ? `+${difference}` : String(difference).replace('-', '−'));
