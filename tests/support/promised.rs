//! The methods that docs/language.md promises.

/// Every method that the language promises: a call, its answer, and a call that fits no overload.
#[rustfmt::skip]
pub const PROMISED: &[(&str, &str, &str)] = &[
    ("$s.length()", "8", "$s.lenght()"), ("$s.isEmpty()", "false", "$s.isEmty()"), ("$s.isBlank()", "false", "$s.isBlanc()"),
    ("$s.charAt(1)", "l", "$s.charAt('1')"), ("$s.indexOf('B')", "6", "$s.indexOf(1.5)"),
    ("$s.lastIndexOf('i')", "2", "$s.lastIndexOf()"), ("$s.contains('ice')", "true", "$s.contains(1)"),
    ("$s.startsWith('Al')", "true", "$s.startsWith(true)"), ("$s.endsWith('ob')", "false", "$s.endsWith()"),
    ("$s.equals('x')", "false", "$s.equals()"), ("$s.equalsIgnoreCase('ALICE BO')", "true", "$s.equalsIgnoreCase(1)"),
    ("$s.compareTo('Alice Bp')", "-1", "$s.compareTo('a', 'b')"),
    ("$s.compareToIgnoreCase('alice bo')", "0", "$s.compareToIgnoreCase(1)"), ("$s.substring(6)", "Bo", "$s.substring('6')"),
    ("$s.substring(0, 2)", "Al", "$s.substring(0, 2, 3)"), ("$s.split(' ').size()", "2", "$s.split(1)"),
    ("$s.concat('!')", "Alice Bo!", "$s.concat(1)"), ("$s.replace('Bo', 'Al')", "Alice Al", "$s.replace('Bo')"),
    ("$s.replaceAll('[a-z]', '')", "A B", "$s.replaceAll('x', 1)"), ("$s.replaceFirst('[a-z]+', '')", "A Bo", "$s.replaceFirst('x')"),
    ("$s.matches('[A-Za-z ]+')", "true", "$s.matches([])"), ("$s.toLowerCase()", "alice bo", "$s.toLowercase()"),
    ("$s.toUpperCase()", "ALICE BO", "$s.toUppercase()"), ("$s.trim()", "Alice Bo", "$s.trimm()"), ("$s.strip()", "Alice Bo", "$s.stripp()"),
    ("$s.repeat(2)", "Alice BoAlice Bo", "$s.repeat('2')"), ("$s.codePointAt(0)", "65", "$s.codePointAt(2147483648)"),
    ("$s.hashCode()", "1780203053", "$s.hashcode()"), ("$s.toString()", "Alice Bo", "$s.tostring()"),
    ("$l.add('x')", "true", "$l.add()"), ("$l.addAll([9])", "true", "$l.addAll('x')"), ("$l.get(0)", "1", "$l.get('0')"),
    ("$l.set(0, 9)", "1", "$l.set(0)"), ("$l.remove(0)", "1", "$l.remove(0, 1)"), ("$l.removeAll([1])", "true", "$l.removeAll(1)"),
    ("$l.retainAll([1])", "true", "$l.retainAll(1)"), ("$l.contains(2)", "true", "$l.contains()"),
    ("$l.containsAll([1, 2])", "true", "$l.containsAll('12')"), ("$l.indexOf('b')", "2", "$l.indexOf()"),
    ("$l.lastIndexOf('b')", "2", "$l.lastIndexOf(1, 2)"), ("$l.subList(0, 2)", "[1, 2]", "$l.subList(0)"), ("$l.size()", "3", "$l.length()"),
    ("$l.isEmpty()", "false", "$l.empty()"), ("$!l.clear()", "", "$l.clean()"), ("$l.iterator().next()", "1", "$l.iterate()"),
    ("$l.equals([1, 2, 'b'])", "true", "$l.equals()"), ("$l.hashCode()", "30912", "$l.hash()"),
    ("$m.get('a')", "1", "$m.get()"), ("$m.getOrDefault('z', 9)", "9", "$m.getOrDefault('z')"), ("$m.put('a', 2)", "1", "$m.put('a')"),
    ("$!m.putAll({'z': 1})", "", "$m.putAll([1])"), ("$m.putIfAbsent('a', 2)", "1", "$m.putIfAbsent('a')"),
    ("$m.remove('a')", "1", "$m.remove()"), ("$m.containsKey('a')", "true", "$m.containKey('a')"),
    ("$m.containsValue(1)", "true", "$m.containsValue()"), ("$m.keySet()", "[a, b]", "$m.keyset()"), ("$m.values()", "[1, two]", "$m.value()"),
    ("$m.entrySet()", "[a=1, b=two]", "$m.entries()"), ("$m.size()", "2", "$m.length()"), ("$m.isEmpty()", "false", "$m.isempty()"),
    ("$!m.clear()", "", "$m.clean()"), ("$m.equals({'b': 'two', 'a': 1})", "true", "$m.equals()"),
];

/// Each call, then the wrong one, on values of the three classes.
pub fn templates_of_promised() -> Vec<String> {
    let set = "#set($s = 'Alice Bo')#set($l = [1, 2, 'b'])#set($m = {'a': 1, 'b': 'two'})\n";
    PROMISED.iter().flat_map(|(call, _, wrong)| [format!("{set}{call}"), format!("{set}{wrong}")]).collect()
}
